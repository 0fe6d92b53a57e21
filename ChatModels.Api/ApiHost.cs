using ChatModels.Api.Apis;
using ChatModels.Api.OpenApi;
using ChatModels.Batches;

namespace ChatModels.Api;

/// <summary>The whole Api, built as Program runs it and as tests run it.</summary>
internal static class ApiHost
{
    /// <param name="args">The command line.</param>
    /// <param name="configure">What a test adds or replaces, before anything reads the configuration.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        configure?.Invoke(builder);
        builder.AddServiceDefaults(tellsOfRequests: false);
        builder.AddRegistryRedis();
        builder.AddChatModels(options => options.Role = "api");
        builder.AddBatches();
        builder.AddApi();

        var app = builder.Build();
        app.UseApi();
        app.MapDefaultEndpoints();
        app.MapPrometheus();
        app.MapRegistryApi();
        app.MapRegistryWritesApi();
        app.MapHistoryApi();
        app.MapWatchApi();
        app.MapProvidersApi();
        app.MapModelsApi();
        app.MapDeploymentsApi();
        app.MapProviderHealthApi();
        app.MapOpenAiModelsApi();
        app.MapChatApi();
        app.MapEmbeddingsApi();
        app.MapMessagesApi();
        app.MapFilesApi();
        app.MapBatchesApi();
        app.MapApiDocument();
        return app;
    }
}
