export { BudgetBar } from './BudgetBar';
export { CostSummary } from './CostSummary';
export { Freshness } from './Freshness';
export { NoCharges } from './NoCharges';
