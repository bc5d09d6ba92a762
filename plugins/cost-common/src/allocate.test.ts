import fc from 'fast-check';
import { allocate, type AllocatableCharge } from './allocate';
import { sumAmounts, toCents } from './money';

/** Amounts as providers write them: tiny, large, negative and zero. */
const amount = fc.oneof(
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }),
      fc.integer({ min: 0, max: 12 }),
    )
    .map(([digits, scale]) => shift(digits, scale)),
  fc.constantFrom('0', '0.005', '-0.005', '0.004999999999', '1e-9', '20'),
);

const charge: fc.Arbitrary<AllocatableCharge> = fc.record(
  {
    amount,
    service: fc.constantFrom('Edge Requests', 'Build Minutes', 'Pro'),
    projectId: fc.constantFrom('prj_1', 'prj_2', 'prj_3', '__proto__'),
  },
  { requiredKeys: ['amount', 'service'] },
);

const entityRefs = new Map([
  ['prj_1', 'component:default/shop'],
  ['prj_2', 'component:default/studio'],
]);

function shift(digits: bigint, scale: number): string {
  const text = (digits < 0 ? -digits : digits)
    .toString()
    .padStart(scale + 1, '0');
  const cut = text.length - scale;
  const value = scale ? `${text.slice(0, cut)}.${text.slice(cut)}` : text;
  return digits < 0n ? `-${value}` : value;
}

function linesOf(allocation: ReturnType<typeof allocate>): string[] {
  return [
    ...allocation.entities,
    ...allocation.notAllocated,
    ...allocation.shared.services,
  ].map(line => line.amount);
}

describe('allocate', () => {
  it('lays every cent of any bill on exactly one line', () => {
    fc.assert(
      fc.property(fc.array(charge, { maxLength: 60 }), charges => {
        const allocation = allocate({ charges, entityRefs });
        const billed = toCents(sumAmounts(charges.map(c => c.amount)));
        expect(allocation.total).toBe(billed);
        expect(toCents(sumAmounts(linesOf(allocation)))).toBe(billed);
        expect(
          toCents(
            sumAmounts([
              ...allocation.entities.map(line => line.amount),
              ...allocation.notAllocated.map(line => line.amount),
              allocation.shared.amount,
            ]),
          ),
        ).toBe(billed);
      }),
    );
  });

  it('gives no line a cent more or less than rounding may', () => {
    fc.assert(
      fc.property(fc.array(charge, { maxLength: 60 }), charges => {
        const { entities } = allocate({ charges, entityRefs });
        for (const { entityRef, amount: given } of entities) {
          const own = charges.filter(
            ({ projectId }) =>
              projectId !== undefined &&
              entityRefs.get(projectId) === entityRef,
          );
          const difference = Number(
            sumAmounts([given, ...own.map(c => `${negate(c.amount)}`)]),
          );
          expect(Math.abs(difference)).toBeLessThan(0.01);
        }
      }),
    );
  });

  it('does not depend on the order of the charges', () => {
    fc.assert(
      fc.property(fc.array(charge, { maxLength: 20 }), charges => {
        const total = (list: AllocatableCharge[]) =>
          allocate({ charges: list, entityRefs }).total;
        expect(total([...charges].reverse())).toBe(total(charges));
      }),
    );
  });

  it('tells entities, projects of nobody and what is shared apart', () => {
    const allocation = allocate({
      charges: [
        { amount: '12.404', service: 'Edge Requests', projectId: 'prj_1' },
        { amount: '-0.5', service: 'Edge Requests', projectId: 'prj_1' },
        { amount: '3', service: 'Edge Requests', projectId: 'prj_2' },
        {
          amount: '1.25',
          service: 'Edge Requests',
          projectId: 'prj_9',
          projectName: 'old',
        },
        { amount: '20', service: 'Pro' },
        { amount: '2', service: 'Tax' },
      ],
      entityRefs,
    });
    expect(allocation).toEqual({
      total: '38.15',
      entities: [
        { entityRef: 'component:default/shop', amount: '11.90' },
        { entityRef: 'component:default/studio', amount: '3.00' },
      ],
      notAllocated: [
        { projectId: 'prj_9', projectName: 'old', amount: '1.25' },
      ],
      shared: {
        amount: '22.00',
        services: [
          { service: 'Pro', amount: '20.00' },
          { service: 'Tax', amount: '2.00' },
        ],
        explanation:
          '$22.00 for Pro, Tax names no project. It belongs to the team as a whole and is spread over no entity.',
      },
    });
    expect(allocate({ charges: [], entityRefs }).shared.explanation).toBe(
      'Every charge names a project.',
    );
  });
});

function negate(value: string): string {
  return value.startsWith('-') ? value.slice(1) : `-${value}`;
}
