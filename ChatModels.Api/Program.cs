using ChatModels.Api;

InlineSockets.Enable();
await ApiHost.Build(args).RunAsync();
