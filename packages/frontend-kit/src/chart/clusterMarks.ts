/** Marks that stand too close to be pressed one by one. */
export interface MarkCluster<T> {
  /** Pixels from the left. */
  x: number;
  marks: T[];
}

/** Joins marks closer than a distance, so that none covers another. */
export function clusterMarks<T extends { x: number }>(
  marks: T[],
  distance: number,
): MarkCluster<T>[] {
  const clusters: MarkCluster<T>[] = [];
  for (const mark of [...marks].sort((a, b) => a.x - b.x)) {
    const last = clusters[clusters.length - 1];
    if (last && mark.x - last.x < distance) last.marks.push(mark);
    else clusters.push({ x: mark.x, marks: [mark] });
  }
  return clusters;
}
