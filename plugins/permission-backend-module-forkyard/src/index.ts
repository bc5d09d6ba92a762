export { permissionModuleForkyard as default } from './module';
