/** What the team's plan allows. */
export interface VercelLimits {
  projects: number;
  deploymentsPerHour: number;
  domainsPerProject: number;
  envVariablesPerProject: number;
  /** None at all with 0, as on the smallest plan. */
  customEnvironmentsPerProject: number;
}

export const defaultVercelLimits: VercelLimits = {
  projects: 200,
  deploymentsPerHour: 1000,
  domainsPerProject: 50,
  envVariablesPerProject: 1000,
  customEnvironmentsPerProject: 12,
};
