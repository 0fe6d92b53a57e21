using ChatModels.Worker;

await WorkerHost.Build(args).RunAsync();
