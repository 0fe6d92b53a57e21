namespace ChatModels.Api.Apis;

internal static class ModelName
{
    /// <summary>The name in a catch-all route. Routing decodes everything but <c>%2F</c>; no model's name has a percent sign, so what is left of it is one. Nothing at all is a name that nothing has.</summary>
    public static string Of(string? routeValue) => routeValue?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) ?? "";
}
