export * from './MetadataStore';
