import { Route, Routes, useParams } from 'react-router-dom';
import { NotFoundErrorPage } from '@backstage/frontend-plugin-api';
import { provisioningRouteRef } from '../../routes';
import { ForksPage } from '../ForksPage';
import { ProvisioningPage } from '../ProvisioningPage';

/** Chooses between the portfolio and the progress of one provisioning. */
export function ForksRouter() {
  return (
    <Routes>
      <Route path="/" element={<ForksPage />} />
      <Route path={provisioningRouteRef.path} element={<ProvisioningRoute />} />
      <Route path="*" element={<NotFoundErrorPage />} />
    </Routes>
  );
}

function ProvisioningRoute() {
  const { id = '' } = useParams();
  return <ProvisioningPage key={id} id={id} />;
}
