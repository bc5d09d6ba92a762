import '@backstage/ui/css/styles.css';
import './modules/theme/tokens.css';
import { createRoot } from 'react-dom/client';
import { app } from './App';

const container = document.getElementById('root');
if (!container) {
  throw new Error("The page has no element with the id 'root' to draw into");
}
createRoot(container).render(app.createRoot());
