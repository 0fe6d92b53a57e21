namespace ChatModels.Providers.Http;

/// <summary>What the answer to an unbilled <c>GET</c> says about an endpoint.</summary>
internal static class ModelListHealth
{
    public static ProviderHealth Of(int status) => status switch
    {
        // Being limited is an answer too: the endpoint is there and knows the key.
        >= 200 and < 300 or 429 => ProviderHealth.Ok,
        401 or 403 => new(false, $"It refuses our credentials (it answered {status}). Check the secret behind apiKey."),
        404 or 405 => new(false, $"It has nothing where a model list or version was asked for (it answered {status}). Check the endpoint's path: many of type openai end in /v1.") { IsInconclusive = true },
        _ => new(false, $"It answered {status} to a request for its models."),
    };
}
