import '@testing-library/jest-dom';

// jsdom lays nothing out and refuses to scroll; the scaffolder's form scrolls.
window.scrollTo = () => {};
