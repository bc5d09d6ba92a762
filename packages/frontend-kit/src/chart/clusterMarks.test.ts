import { clusterMarks } from './clusterMarks';

describe('clusterMarks', () => {
  it('joins those that would cover each other and loses none', () => {
    const marks = [100, 0, 10, 25, 111].map(x => ({ x }));
    const clusters = clusterMarks(marks, 24);
    expect(clusters.map(({ x, marks: { length } }) => [x, length])).toEqual([
      [0, 2],
      [25, 1],
      [100, 2],
    ]);
  });
});
