/** What somebody was about to have built. */
export const BUILD_REQUESTS = 'build_requests';
