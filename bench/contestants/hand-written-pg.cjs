"use strict";

// What people write by hand for PostgreSQL: named statements, which the server keeps prepared, and for row-level
// security a transaction that begins by saying who asks.

const COLUMNS = "id, user_id, title, body, rating, done, meta, created_at";

const STATEMENTS = {
  byKey: { name: "doc-by-key", text: `select ${COLUMNS} from doc where user_id = $1 and id = $2` },
  page: { name: "doc-page", text: `select ${COLUMNS} from doc where user_id = $1 order by id limit $2` },
};

function toDoc(row) {
  return {
    // The package gives bigint columns as texts.
    id: Number(row.id),
    userId: Number(row.user_id),
    title: row.title,
    body: row.body,
    rating: Number(row.rating),
    done: row.done,
    meta: row.meta,
    createdAt: row.created_at,
  };
}

async function open(connectionString, { rls, prepare }) {
  const { Pool } = require("pg");
  const pool = new Pool({ connectionString, max: 10 });
  const statement = ({ name, text }, values) => (prepare ? { name, text, values } : { text, values });

  const inName = async (owner, query) => {
    const client = await pool.connect();
    let failed = true;
    try {
      await client.query("begin");
      await client.query("select set_config('freehold.user_id', $1, true)", [String(owner)]);
      const result = await client.query(query);
      await client.query("commit");
      failed = false;
      return result;
    } finally {
      // A connection in an unknown state is not used again.
      client.release(failed);
    }
  };
  const ask = rls ? inName : (_owner, query) => pool.query(query);

  const as = (owner) => ({
    byKey: async (id) => {
      const { rows } = await ask(owner, statement(STATEMENTS.byKey, [owner, id]));
      return rows.length === 0 ? null : toDoc(rows[0]);
    },
    page: async (limit) => (await ask(owner, statement(STATEMENTS.page, [owner, limit]))).rows.map(toDoc),
  });
  return { as, close: () => pool.end() };
}

module.exports = { open };
