import { Avatar } from '@/ui/avatar'

import { DeliveryStatus } from './delivery-status'
import { MessageText } from './message-text'
import { MessageTime } from './message-time'
import type { MessageItem } from './timeline'

export function MessageRow({ item }: { item: MessageItem }) {
  const { message, seq, entry, isHead } = item
  return (
    <article
      data-seq={seq}
      aria-posinset={seq}
      // How many there are changes all the time, and nobody needs every row told.
      aria-setsize={seq && -1}
      className={`group flex gap-3 px-3 hover:bg-canvas md:px-5 ${isHead ? 'mt-2 pt-1.5 pb-0.5' : 'py-0.5'}`}
    >
      <div className="w-9 shrink-0">
        {isHead ? (
          <Avatar id={message.userId} name={message.usernameSnapshot} />
        ) : (
          <>
            <span className="sr-only">{message.usernameSnapshot}</span>
            <MessageTime time={message.createdAt} isMargin />
          </>
        )}
      </div>
      <div className="min-w-0 grow">
        {isHead && (
          <p className="flex items-baseline gap-2">
            <span className="truncate text-sm font-semibold">{message.usernameSnapshot}</span>
            <MessageTime time={message.createdAt} />
          </p>
        )}
        <div className={entry ? 'text-muted' : undefined}>
          <MessageText text={message.content} />
        </div>
        {entry && <DeliveryStatus entry={entry} />}
      </div>
    </article>
  )
}
