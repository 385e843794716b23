import { Cctv, ChevronLeft } from "lucide-preact";
import { agentOf } from "../../domain/cameras";
import { agents, cameras } from "../../state/house";
import { to } from "../../state/route";
import { isOwner } from "../../state/session";
import { now } from "../../state/time";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { CameraPicture, Condition, LastFrame } from "./CamerasPage";
import { EditCamera } from "./edit/EditCamera";
import { Steering } from "./Steering";

/** One camera: what it sees, how it is steered, what is set. */
export function CameraPage({ id }: { id: string }) {
  const words = t().cameras;
  const { value } = cameras.value;
  if (!value) return <Waiting />;
  const camera = value.find((one) => one.id === id);
  if (!camera) {
    return (
      <Empty title={words.edit.removed} icon={Cctv}>
        <a class="button" href={to("cameras")}>
          {words.title}
        </a>
      </Empty>
    );
  }
  const agent = agentOf(camera, agents.value.value ?? [], now.value);
  return (
    <div class="page narrow stack wide-gap">
      <header>
        <a class="button round" href={to("cameras")} aria-label={words.title}>
          <ChevronLeft aria-hidden="true" />
        </a>
        <h1 class="grow" dir="auto">
          {camera.name}
        </h1>
      </header>
      <Condition camera={camera} />
      <CameraPicture camera={camera} />
      <LastFrame camera={camera} />
      {isOwner.value && agent !== "none" && <Steering camera={camera} />}
      {isOwner.value && agent === "none" && <Pairing />}
      {isOwner.value && <EditCamera camera={camera} key={camera.id} />}
    </div>
  );
}

function Pairing() {
  const words = t().cameras.pairing;
  return (
    <section class="card stack">
      <h2>{words.title}</h2>
      <p class="soft">{words.lead}</p>
      <ol class="steps">
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  );
}
