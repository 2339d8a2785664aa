import type { TopicView } from '../schemas/alert-views.ts';

type AlertTopicsProps = {
  topics: readonly TopicView[];
  /** Makes the ids of one form differ from another's. */
  of: string;
  isTicked: (topic: TopicView) => boolean;
};

/** Which alerts go out by a channel. */
export function AlertTopics({ topics, of, isTicked }: AlertTopicsProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-ink-2">What goes out</legend>
      {topics.map((topic) => (
        <label key={topic.name} className="flex items-start gap-2.5 py-1.5 touch:py-3">
          <input
            type="checkbox"
            name={`topic.${topic.name}`}
            id={`${of}-${topic.name}`}
            defaultChecked={isTicked(topic)}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span>
            {topic.title}
            <span className="block text-xs text-ink-3">{topic.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
