const PAUSE_MS = 3000
const VOLUME = 0.06
/** Two short tones, the second one higher. */
const TONES = [
  { hertz: 660, at: 0 },
  { hertz: 880, at: 0.12 },
]
const TONE_SECONDS = 0.18

let context: AudioContext | null = null
let lastAt = -Infinity

/** A quiet sound, and never a burst of them. */
export function playSound(now = Date.now()): void {
  if (now - lastAt < PAUSE_MS || !('AudioContext' in window)) return
  lastAt = now
  context ??= new AudioContext()
  void context.resume()
  for (const { hertz, at } of TONES) tone(context, hertz, context.currentTime + at)
}

function tone(audio: AudioContext, hertz: number, start: number): void {
  const oscillator = audio.createOscillator()
  const gain = audio.createGain()
  oscillator.frequency.value = hertz
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(VOLUME, start + 0.02)
  gain.gain.exponentialRampToValueAtTime(0.0001, start + TONE_SECONDS)
  oscillator.connect(gain).connect(audio.destination)
  oscillator.start(start)
  oscillator.stop(start + TONE_SECONDS)
}
