import { Repository } from '../store';
import { RestSbom } from '../shapes';
import { Lockfile } from './listLockfiles';

type SpdxPackage = RestSbom['sbom']['packages'][number];

/** Makes an SPDX identifier, which knows only letters, digits, dots and hyphens. */
function spdxId(kind: string, name: string, version: string): string {
  const safe = `${kind}-${name}-${version}`.replace(/[^A-Za-z0-9.-]+/g, '-');
  return `SPDXRef-${safe}`;
}

function purlOf(name: string, version: string): string {
  const encoded = name.split('/').map(encodeURIComponent).join('/');
  return `pkg:npm/${encoded}@${encodeURIComponent(version)}`;
}

function reference(locator: string): SpdxPackage['externalRefs'] {
  return [
    {
      referenceCategory: 'PACKAGE-MANAGER',
      referenceType: 'purl',
      referenceLocator: locator,
    },
  ];
}

/** Writes the bill of materials of lockfiles as SPDX 2.3, each package version once. */
export function toSbom(options: {
  baseUrl: string;
  repository: Repository;
  commit: string;
  /** ISO 8601. */
  created: string;
  lockfiles: Lockfile[];
}): RestSbom {
  const { baseUrl, repository, commit, created, lockfiles } = options;
  const slug = `${repository.owner.login}/${repository.name}`;
  const root = spdxId('github', slug, commit.slice(0, 7));
  const packages = new Map<string, SpdxPackage>();
  for (const locked of lockfiles.flatMap(lockfile => lockfile.packages ?? [])) {
    const { name, version, license } = locked;
    const purl = purlOf(name, version);
    packages.set(purl, {
      SPDXID: spdxId('npm', name, version),
      name,
      versionInfo: version,
      downloadLocation: 'NOASSERTION',
      filesAnalyzed: false,
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: license ?? 'NOASSERTION',
      copyrightText: 'NOASSERTION',
      externalRefs: reference(purl),
    });
  }
  return {
    sbom: {
      SPDXID: 'SPDXRef-DOCUMENT',
      spdxVersion: 'SPDX-2.3',
      creationInfo: { created, creators: ['Tool: local-cloud'] },
      name: `com.github.${slug}`,
      dataLicense: 'CC0-1.0',
      documentNamespace: `${baseUrl}/${slug}/dependency_graph/sbom-${commit}`,
      packages: [
        ...packages.values(),
        {
          SPDXID: root,
          name: `com.github.${slug}`,
          versionInfo: repository.defaultBranch,
          downloadLocation: `git+${baseUrl}/${slug}`,
          filesAnalyzed: false,
          licenseDeclared: 'NOASSERTION',
          externalRefs: reference(`pkg:github/${slug}@${commit}`),
        },
      ],
      relationships: [
        {
          relationshipType: 'DESCRIBES',
          spdxElementId: 'SPDXRef-DOCUMENT',
          relatedSpdxElement: root,
        },
        ...[...packages.values()].map(({ SPDXID }) => ({
          relationshipType: 'DEPENDS_ON',
          spdxElementId: root,
          relatedSpdxElement: SPDXID,
        })),
      ],
    },
  };
}
