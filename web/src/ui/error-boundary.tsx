import { Component, type ReactNode } from 'react'

import { CrashNotice } from './crash-notice'

interface Props {
  children: ReactNode
  /** What is shown instead of a notice. */
  fallback?: ReactNode
}

/** Keeps the rest usable when a part of the screen fails. */
export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return this.props.fallback ?? <CrashNotice onRetry={() => this.setState({ failed: false })} />
  }
}
