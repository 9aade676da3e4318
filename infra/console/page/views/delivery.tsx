import type { JSX } from "preact";
import type { DeliveryOnPage } from "#infra/console/types.ts";
import { read, useAsked } from "#infra/console/page/api.ts";
import { useKnown, useWords } from "#infra/console/page/context.ts";
import { Chip, Foreign, Loaded } from "#infra/console/page/parts.tsx";
import { linkTo, type Route } from "#infra/console/page/router.ts";
import { CameIn } from "./came-in.tsx";

/** A delivery to this laptop: one that was refused, or one with several events or none. */
export function DeliveryView({ route }: { route: Route }): JSX.Element {
  const say = useWords();
  const { place } = useKnown();
  const [id = ""] = route.rest;
  const asked = useAsked<DeliveryOnPage>(() => read("deliveries", id), [id]);
  return (
    <Loaded asked={asked}>
      {(delivery) => (
        <article class="way">
          <header>
            <h1>
              <Foreign>
                {place.sources.find(({ name }) => name === delivery.source)?.title ?? delivery.source}
              </Foreign>{" "}
              {delivery.refusal !== undefined && <Chip outcome="refused" />}
            </h1>
            {delivery.refusal !== undefined && (
              <p>
                <a href={linkTo("refused", [], { source: delivery.source })}>{say("wouldDiffer")}</a>
              </p>
            )}
          </header>
          <CameIn source={delivery.source} delivery={delivery} />
        </article>
      )}
    </Loaded>
  );
}
