import { Component, type ReactNode } from 'react'

import { CrashNotice } from './crash-notice'

/** Keeps the rest usable when a part of the screen fails. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return <CrashNotice onRetry={() => this.setState({ failed: false })} />
  }
}
