interface User {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly role: string;
}

const ROWS = 25;

/** Made-up users. */
export const USERS: readonly User[] = Array.from({ length: ROWS }, (_, id) => ({
  id,
  name: `Person ${id}`,
  email: `person${id}@example.org`,
  role: id % 5 === 0 ? "admin" : "user",
}));

/** What most pages of an application are like. */
export function UserTable({ users }: { users: readonly User[] }) {
  return (
    <table class="table">
      <thead>
        <tr>
          <th>Name</th>
          <th>Address</th>
          <th>Role</th>
        </tr>
      </thead>
      <tbody>
        {users.map(({ id, name, email, role }) => (
          <tr key={id}>
            <td>
              <a href={`/users/${id}`}>{name}</a>
            </td>
            <td>{email}</td>
            <td>
              <span class="badge">{role}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
