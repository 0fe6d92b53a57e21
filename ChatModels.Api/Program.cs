using ChatModels.Api;

await ApiHost.Build(args).RunAsync();
