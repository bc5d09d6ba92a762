import { MetadataStore } from '../../store';

/** Is a user or an organization. */
export interface Account {
  id: number;
  login: string;
  type: 'User' | 'Organization';
  name: string;
  createdAt: string;
}

interface AccountRow {
  id: number;
  login: string;
  type: Account['type'];
  name: string;
  created_at: string;
}

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    login: row.login,
    type: row.type,
    name: row.name,
    createdAt: row.created_at,
  };
}

/** Keeps users and organizations. */
export class AccountStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  find(login: string): Account | undefined {
    const row = this.#store.get<AccountRow>(
      'SELECT * FROM github_accounts WHERE login = ?',
      login,
    );
    return row && toAccount(row);
  }

  findById(id: number): Account | undefined {
    const row = this.#store.get<AccountRow>(
      'SELECT * FROM github_accounts WHERE id = ?',
      id,
    );
    return row && toAccount(row);
  }

  list(type: Account['type']): Account[] {
    return this.#store
      .all<AccountRow>(
        'SELECT * FROM github_accounts WHERE type = ? ORDER BY id',
        type,
      )
      .map(toAccount);
  }

  /** Makes the account unless its login exists. */
  ensure(options: Pick<Account, 'login' | 'type' | 'name'>): Account {
    this.#store.run(
      `INSERT INTO github_accounts (login, type, name, created_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (login) DO NOTHING`,
      options.login,
      options.type,
      options.name,
      new Date().toISOString(),
    );
    return this.find(options.login)!;
  }
}
