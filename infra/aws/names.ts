/** How the things of one stage are called on AWS, as far as their names say to which stage they belong. */
export interface Names {
  readonly stack: string;
  /** A pattern of the names that CloudFormation generates. */
  readonly generated: string;
  /** A pattern of the name of the bucket that osls uploads packages to. */
  readonly packages: string;
  /** What the names of secrets begin with. */
  readonly secrets: string;
}

/** As much of a stack's name as CloudFormation keeps in the names that it generates, e.g. `authing-inbound-producti-serverlessdeploymentbuck-1x2y3z`. */
const keptOfStackName = 24;

export function namesOf(service: string, stage: string): Names {
  const stack = `${service}-${stage}`;
  const kept = stack.slice(0, keptOfStackName);
  const prefix = kept === stack ? `${stack}-` : kept;
  return {
    stack,
    generated: `${prefix}*`,
    packages: `${prefix}*serverlessdeploymentbuck*`,
    secrets: `${service}/${stage}`,
  };
}
