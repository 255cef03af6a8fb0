import * as pulumi from "@pulumi/pulumi";
import * as elasticweb from "@pulumi/elasticweb";

const config = new pulumi.Config();
const vpcId = config.require("vpcId");
const publicSubnetIds = config.requireObject<string[]>("publicSubnetIds");
const privateSubnetIds = config.requireObject<string[]>("privateSubnetIds");
const disposable = true; // an example that can be taken away again; leave it out for data that matters

const database = new elasticweb.MySQL("shop-db", {
    vpcId,
    subnetIds: privateSubnetIds,
    database: { port: 3307, replicaCount: 1 },
    disposable,
});

const files = new elasticweb.SharedStorage("shop-files", { vpcId, subnetIds: privateSubnetIds, disposable });

const web = new elasticweb.WebTier("shop", {
    vpcId,
    publicSubnetIds,
    privateSubnetIds,
    fleet: { minSize: 2, maxSize: 8 },
    storageMounts: [{ name: "files", path: "/var/www/files", source: files.mountSource }],
    connections: [{ name: "database", securityGroupId: database.securityGroupId, port: 3307 }],
    secretArns: [database.secretArn],
    machine: {
        packages: ["nginx"],
        services: { nginx: elasticweb.ServiceState.ENABLED },
        environment: { DATABASE_HOST: database.host, DATABASE_SECRET_ARN: database.secretArn },
    },
    disposable,
});

export const url = web.url;
export const readerHost = database.readerHost;
export const bucket = files.bucketName;
