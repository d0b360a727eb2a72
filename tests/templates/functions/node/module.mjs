// AWS SDK v3 from an ES module, with a client made by top-level await's side.
import { SSMClient, GetParameterCommand } from "@aws-sdk/client-ssm";
import { DynamoDBClient, PutItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";

const ssm = new SSMClient({});
const dynamodb = new DynamoDBClient({});
const { Parameter: parameter } = await ssm.send(new GetParameterCommand({ Name: process.env.PARAMETER }));

export const handler = async (event) => {
  const id = parameter.Value + event.order;
  await dynamodb.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: id }, by: { S: "node" } } }));
  const { Item: item } = await dynamodb.send(new GetItemCommand({ TableName: process.env.TABLE, Key: { id: { S: id } } }));
  return { id: item.id.S, by: item.by.S };
};
