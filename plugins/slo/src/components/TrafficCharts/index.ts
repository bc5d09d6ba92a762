export { TrafficCharts } from './TrafficCharts';
