// AWS SDK v3 from CommonJS.
const { S3Client, PutObjectCommand, GetObjectCommand } = require("@aws-sdk/client-s3");
const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");

const s3 = new S3Client({});
const sqs = new SQSClient({});

exports.handler = async (event) => {
  const where = { Bucket: process.env.BUCKET, Key: `node/${event.order}` };
  await s3.send(new PutObjectCommand({ ...where, Body: event.order }));
  const object = await s3.send(new GetObjectCommand(where));
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.order }));
  return { body: await object.Body.transformToString(), sent: Boolean(sent.MessageId) };
};
