import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// What is loaded lazily takes its time on a machine that runs many tests.
configure({ asyncUtilTimeout: 10_000 });
