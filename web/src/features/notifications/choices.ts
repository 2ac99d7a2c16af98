import { StoredFlag } from '@/lib/stored-flag'

// Of this device: a phone may ring where a desk computer shall not.

export const wantsNotifications = new StoredFlag('notifications')
export const wantsSound = new StoredFlag('notifications.sound')
