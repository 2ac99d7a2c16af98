import { memo, type Ref } from 'react'

import { DayLine } from './day-line'
import { MessageRow } from './message-row'
import { NewLine } from './new-line'
import type { MessageItem } from './timeline'

interface Props {
  /** Where it stands in the list: who measures it must know. */
  index: number
  item: MessageItem
  ref: Ref<HTMLDivElement>
}

export const TimelineRow = memo(Row, (one, other) => {
  return one.index === other.index && one.ref === other.ref && isSame(one.item, other.item)
})

function Row({ index, item, ref }: Props) {
  return (
    // Margins of what is inside belong to its height.
    <div ref={ref} data-index={index} className="flow-root">
      {item.startsDay && <DayLine time={item.message.createdAt} />}
      {item.isFirstNew && <NewLine />}
      <MessageRow item={item} />
    </div>
  )
}

/** Items are made anew on every change of the log; what they show is mostly the same. */
function isSame(one: MessageItem, other: MessageItem): boolean {
  const isSamePlace =
    one.isHead === other.isHead &&
    one.startsDay === other.startsDay &&
    one.isFirstNew === other.isFirstNew
  const isSameMessage = one.entry === other.entry && one.seq === other.seq
  return isSamePlace && isSameMessage && one.message.content === other.message.content
}
