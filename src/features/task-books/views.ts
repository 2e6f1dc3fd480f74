/** 卡片键 */
export const approvalKey = (importId: string): string => `task-approval:${importId}`;
export const receiptsKey = (importId: string): string => `task-receipts:${importId}`;
export const importKey = (importId: string): string => `task-import:${importId}`;
export const bookKey = (bookId: string): string => `task-book:${bookId}`;
export const myItemsKey = (personId: string): string => `my-items:${personId}`;
export const declineKey = (declineId: string, audience: string): string => `decline:${declineId}:${audience}`;
