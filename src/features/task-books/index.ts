import { approvalCard } from '#cards/task-books/approval.card';
import { bookCard } from '#cards/task-books/book.card';
import { declineCard } from '#cards/task-books/decline.card';
import { declineFormCard } from '#cards/task-books/decline-form.card';
import { importPreviewCard } from '#cards/task-books/import-preview.card';
import { itemCard } from '#cards/task-books/item.card';
import { myItemsCard } from '#cards/task-books/my-items.card';
import { reassignCard } from '#cards/task-books/reassign.card';
import { reassignedIssueCard } from '#cards/task-books/reassigned-issue.card';
import { defineFeature } from '#core/feature';
import { itemDeclineMachine, taskBookMachine, workItemMachine } from '#domain/work-items/model';
import { workbookImportMachine } from '#domain/workbook-import/model';
import { onAcknowledge } from './acknowledge.ts';
import { onApprove } from './approve.ts';
import { closeCancelJob, onCancelImport } from './cancel-import.ts';
import { onConfirmImport } from './confirm-import.ts';
import { onDecideDecline, onProposeDecline } from './decide-decline.ts';
import { declineOffer, onDecline, onOpenDecline } from './decline.ts';
import { taskImporter } from './import.ts';
import { issueBookJob, onIssue, onIssueBook, undeliveredJob } from './issue.ts';
import { myItems, onOpenMyItems } from './my-items.ts';
import { onOpenReassign, onReassign, onReassignUnit, reassign, reassignOffer } from './reassign.ts';
import { onCalendarChanged, onItemChanged } from './refresh.ts';
import { taskBookRenewals, taskBooksFor } from './renew.ts';
import { reprintBookJob } from './reprint.ts';
import { onReturnImport } from './return-import.ts';
import { showBook } from './show-book.ts';
import { showItem } from './show-item.ts';
import { showReceipts } from './show-receipts.ts';
import { undoImport } from './undo.ts';

/** 任务书 — a workbook becomes books that are approved, issued, acknowledged and answered from the card. */
export const taskBooks = defineFeature({
  name: 'task-books',
  title: '任务书',
  cards: [importPreviewCard, approvalCard, bookCard, myItemsCard, itemCard, declineFormCard, declineCard, reassignCard, reassignedIssueCard],
  actions: [
    onConfirmImport,
    onCancelImport,
    onApprove,
    onReturnImport,
    onIssue,
    onIssueBook,
    onAcknowledge,
    onOpenMyItems,
    onOpenDecline,
    onDecline,
    onProposeDecline,
    onDecideDecline,
    ...[onOpenReassign, onReassign, onReassignUnit],
  ],
  commands: [myItems, showItem, showBook, showReceipts, undoImport, reassign],
  jobs: [issueBookJob, reprintBookJob, undeliveredJob, closeCancelJob],
  imports: [taskImporter],
  itemActions: [declineOffer, reassignOffer],
  itemChanged: onItemChanged,
  renewals: taskBookRenewals,
  waitingFor: taskBooksFor,
  calendarChanged: onCalendarChanged,
  machines: { 事项: workItemMachine, 任务书: taskBookMachine, 退件: itemDeclineMachine, 导入: workbookImportMachine },
});
