/** What the team's plan allows. */
export interface VercelLimits {
  projects: number;
  deploymentsPerHour: number;
  domainsPerProject: number;
  envVariablesPerProject: number;
}

export const defaultVercelLimits: VercelLimits = {
  projects: 200,
  deploymentsPerHour: 1000,
  domainsPerProject: 50,
  envVariablesPerProject: 1000,
};
