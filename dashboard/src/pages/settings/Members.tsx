import { UserMinus } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { CallError, inviteMember, type Member, members, removeMember } from "../../api";
import { sendReset } from "../../firebase/session";
import { fail, show } from "../../state/toasts";
import { t } from "../../strings";
import { Confirm } from "../../ui/Confirm";

function isLastOwner(member: Member, all: Member[]): boolean {
  return member.role === "owner" && all.filter((one) => one.role === "owner").length === 1;
}

/** Who may look, who may change things, and who is the agent. */
export function Members() {
  const words = t().settings.members;
  const [list, setList] = useState<Member[] | null>(null);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<"owner" | "viewer">("viewer");
  const [leaving, setLeaving] = useState<Member | null>(null);
  const [missing, setMissing] = useState(false);

  const read = () =>
    members().then(
      (found) => setList(found.members),
      (error: unknown) => {
        if (error instanceof CallError && error.status === 404) setMissing(true);
        else fail(error);
      },
    );
  useEffect(() => {
    void read();
  }, []);

  async function invite(event: Event) {
    event.preventDefault();
    try {
      const { choose_password } = await inviteMember(email.trim(), role);
      if (choose_password) await sendReset(email.trim());
      show({ kind: "done", text: words.invited(email.trim()) });
      setEmail("");
      await read();
    } catch (error) {
      fail(error);
    }
  }

  async function remove(member: Member) {
    setLeaving(null);
    try {
      await removeMember(member.uid);
      await read();
    } catch (error) {
      fail(error);
    }
  }

  if (missing) return null;
  return (
    <section class="card stack">
      <h2>{words.title}</h2>
      <ul class="visits stack">
        {(list ?? []).map((member) => (
          <li class="row wrap" key={member.uid}>
            <span class="address">{member.email}</span>
            <span class="badge">
              {words.roles[member.role]} {member.agent_id}
            </span>
            {!isLastOwner(member, list ?? []) && (
              <button
                type="button"
                class="button round plain"
                aria-label={words.remove(member.email)}
                onClick={() => setLeaving(member)}
              >
                <UserMinus size={20} aria-hidden="true" />
              </button>
            )}
          </li>
        ))}
      </ul>
      <form class="row wrap" onSubmit={invite}>
        <label class="field grow">
          {words.email}
          <input
            class="input"
            type="email"
            required
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          {words.role}
          <select
            class="input"
            value={role}
            onChange={(event) => setRole(event.currentTarget.value === "owner" ? "owner" : "viewer")}
          >
            <option value="viewer">{words.roles.viewer}</option>
            <option value="owner">{words.roles.owner}</option>
          </select>
        </label>
        <button type="submit" class="button main bottom">
          {words.invite}
        </button>
      </form>
      {leaving && (
        <Confirm
          title={t().remove}
          text={words.removeAsk(leaving.email)}
          bad
          onYes={() => remove(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </section>
  );
}
