import { linkify } from '@/lib/linkify'

/** Plain text: its line breaks, and links that open elsewhere and learn nothing of this page. */
export function MessageText({ text }: { text: string }) {
  return (
    <p dir="auto" className="text-[0.95rem] leading-relaxed wrap-anywhere whitespace-pre-wrap">
      {linkify(text).map((part, index) =>
        part.kind === 'link' ? (
          <a
            key={index}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="text-link underline underline-offset-2"
          >
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </p>
  )
}
