import type { QueueServiceClient } from "@azure/storage-queue";

/** How many messages are in all queues of the hosts, hidden ones too. */
export async function countMessages(queues: QueueServiceClient): Promise<number> {
  let messages = 0;
  for await (const { name } of queues.listQueues())
    messages += (await queues.getQueueClient(name).getProperties()).approximateMessagesCount ?? 0;
  return messages;
}

/** What is left in the queues: the messages that can be seen, and how many more there are. */
export async function readMessages(queues: QueueServiceClient): Promise<readonly string[]> {
  const left: string[] = [];
  for await (const { name } of queues.listQueues()) {
    const queue = queues.getQueueClient(name);
    const { approximateMessagesCount = 0 } = await queue.getProperties();
    const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
    left.push(...peekedMessageItems.map(({ messageText }) => `${name}: ${decoded(messageText)}`));
    for (let hidden = peekedMessageItems.length; hidden < approximateMessagesCount; hidden++)
      left.push(`${name}: hidden`);
  }
  return left;
}

const decoded = (messageText: string): string => Buffer.from(messageText, "base64").toString();
