using ChatModels.Api;
using ChatModels.Api.Hosting;

InlineSockets.Enable();
await ApiHost.Build(args).RunAsync();
