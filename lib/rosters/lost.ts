const toldDepartments = 5;

/** `−612 <id>`: the departments at Authing that lose most people. */
export const mostLost = (lost: Readonly<Record<string, number>>): string[] =>
  Object.entries(lost)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, toldDepartments)
    .map(([department, count]) => `−${count} ${department}`);
