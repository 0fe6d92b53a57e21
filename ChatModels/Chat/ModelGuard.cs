using ChatModels.Chat.Routing;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat;

/// <summary>Finds the model of a request, and refuses what could not be served anyway.</summary>
internal static class ModelGuard
{
    /// <summary>Null: <paramref name="model"/> can be tried.</summary>
    public static ChatFailure? Check(RegistrySnapshot snapshot, ChatRequest request, out ModelEntry? model)
    {
        model = null;
        if (snapshot.Head is null)
        {
            return new ChatFailure(ErrorCodes.RegistryNotLoaded, 503, "The registry is not loaded yet; try again in a moment.");
        }

        if (!snapshot.TryFindModel(request.Model, out model))
        {
            return NotFound(request.Model);
        }

        return Check(model, request);
    }

    /// <summary>The same for a model that is found already: null when it can be tried.</summary>
    public static ChatFailure? Check(ModelEntry model, ChatRequest request)
    {
        request.Forwarded = model.RestOf(request.Model);
        return !model.Config.Enabled ? Disabled(request.Model)
            : model.Unusable is { } reason ? Unavailable(request.Model, reason)
            : MissingCapability(model, request) is { } capability ? Lacks(request, capability)
            : IsServable(model) ? null
            : WhyNotServable(model, request.Model);
    }

    /// <summary>Whether a model was refused for what serves it: then its fallbacks may stand in.</summary>
    public static bool IsOutage(ChatFailure refusal) => refusal.Code is ErrorCodes.ModelUnavailableHere or ErrorCodes.ModelDisabled;

    // On every request's path: no enumerator.
    private static bool IsServable(ModelEntry model)
    {
        for (var i = 0; i < model.Deployments.Count; i++)
        {
            if (model.Deployments[i].IsServable)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A model that names no capabilities is taken at its word by nobody: then the provider decides.</summary>
    private static (string Capability, string Field)? MissingCapability(ModelEntry model, ChatRequest request)
    {
        var capabilities = model.Config.Capabilities;
        var operation = request.Operation == UpstreamOperation.Embeddings ? ModelCapabilities.Embeddings : ModelCapabilities.Chat;
        return capabilities.Count == 0 ? null
            : !capabilities.Contains(operation) ? (operation, "model")
            : request.Stream && !capabilities.Contains(ModelCapabilities.Streaming) ? (ModelCapabilities.Streaming, "stream")
            : request.HasTools && !capabilities.Contains(ModelCapabilities.Tools) ? (ModelCapabilities.Tools, "tools")
            : request.HasImages && !capabilities.Contains(ModelCapabilities.Vision) ? (ModelCapabilities.Vision, "messages")
            : request.HasAudio && !capabilities.Contains(ModelCapabilities.Audio) ? (ModelCapabilities.Audio, "messages")
            : null;
    }

    private static ChatFailure WhyNotServable(ModelEntry model, string name) =>
        model.Deployments.FirstOrDefault(d => d.Provider.Unusable is not null) is { } deployment
            ? Unavailable(name, $"provider '{deployment.Provider.Id}': {deployment.Provider.Unusable}")
            : Disabled(name);

    private static ChatFailure NotFound(string name) =>
        new(ErrorCodes.ModelNotFound, 404, $"The model '{Shortened(name)}' does not exist; GET /v1/models lists those that do.") { Param = "model" };

    private static ChatFailure Disabled(string name) =>
        new(ErrorCodes.ModelDisabled, 404, $"The model '{name}', or every provider that serves it, is switched off; an operator has to enable it.") { Param = "model" };

    private static ChatFailure Unavailable(string name, string reason) =>
        new(ErrorCodes.ModelUnavailableHere, 503, $"The model '{name}' can't be served by this process: {reason}") { Param = "model" };

    private static ChatFailure Lacks(ChatRequest request, (string Capability, string Field) missing) =>
        new(ErrorCodes.CapabilityMissing, 400, $"The model '{request.Model}' has no capability '{missing.Capability}', which {What(missing)} needs; choose another model or leave it out.")
        {
            Param = missing.Field,
        };

    private static string What((string Capability, string Field) missing) => missing.Capability switch
    {
        ModelCapabilities.Vision => "an image in 'messages'",
        ModelCapabilities.Audio => "sound in 'messages'",
        _ => $"'{missing.Field}'",
    };

    private static string Shortened(string name) => name.Length <= 128 ? name : string.Concat(name.AsSpan(0, 128), "...");
}
