import {
  Sidebar,
  SidebarDivider,
  SidebarGroup,
  SidebarItem,
  SidebarSpace,
} from '@backstage/core-components';
import type {
  NavContentComponentProps,
  NavContentNavItem,
} from '@backstage/plugin-app-react';
import { NotificationsSidebarItem } from '@backstage/plugin-notifications';
import { useMayReadBill } from '@forkyard/plugin-cost';
import MenuIcon from '@mui/icons-material/Menu';
import PersonIcon from '@mui/icons-material/PersonOutlined';
import SearchIcon from '@mui/icons-material/Search';

import { Logo } from './Logo';
import { Notifications } from './Notifications';
import { Search } from './Search';

/** Pages that are reached in another way than by an item of the list. */
const PLACED_ELSEWHERE = [
  'page:search',
  'page:auth',
  'page:notifications',
  'page:catalog-graph',
];

function Item(props: NavContentNavItem) {
  return (
    <SidebarItem
      to={props.href}
      icon={() => props.icon}
      text={props.title}
      aria-label={props.title}
    />
  );
}

/**
 * Lists the pages of the portal, the main ones first and in a fixed order.
 * A page of a plugin that is added later appears below them by itself; the bill
 * is only for those who may see it.
 */
export function Navigation(props: NavContentComponentProps) {
  const items = props.navItems.clone();
  const mayReadBill = useMayReadBill();
  PLACED_ELSEWHERE.forEach(id => items.take(id));
  if (!mayReadBill) items.take('page:cost/bill');
  const list = items.withComponent(Item);
  const settings = list.take('page:user-settings');
  return (
    <Sidebar disableExpandOnHover>
      <Logo />
      <SidebarGroup label="Search" icon={<SearchIcon />} to="/search">
        <Search />
      </SidebarGroup>
      <SidebarDivider />
      <SidebarGroup label="Menu" icon={<MenuIcon />}>
        {list.take('page:home')}
        {list.take('page:forks')}
        {list.take('page:catalog')}
        {list.take('page:scaffolder')}
        {list.rest({ sortBy: 'title' })}
      </SidebarGroup>
      <SidebarSpace />
      <SidebarDivider />
      <SidebarGroup label="You" icon={<PersonIcon />}>
        <NotificationsSidebarItem renderItem={Notifications} />
        {settings}
      </SidebarGroup>
    </Sidebar>
  );
}
