import { createContext, useContext } from 'react';

/** Marks the page's own inline scripts for the Content-Security-Policy. Set on the server alone: browsers hide it. */
export const NonceContext = createContext<string | undefined>(undefined);

export const useNonce = () => useContext(NonceContext);
