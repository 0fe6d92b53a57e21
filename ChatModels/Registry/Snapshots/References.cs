namespace ChatModels.Registry.Snapshots;

/// <summary>Finds references to entities that are not there: no writer leaves any, so one means that the store was damaged.</summary>
internal static class References
{
    /// <summary>A sentence about the first dangling reference of a model; null where there is none. What a newer version wrote is not judged.</summary>
    public static string? Dangling(ModelEntry model, Dictionary<string, ModelEntry> models)
    {
        if (model.Raw is not null)
        {
            return null;
        }

        if (model.Deployments.Count < model.Config.Deployments.Count)
        {
            var missing = model.Config.Deployments.First(d => model.Deployments.All(found => found.Config != d));
            return $"The model '{model.Id}' names the provider '{missing?.Provider}', which is not there.";
        }

        for (var i = 0; i < model.Config.Fallbacks.Count; i++)
        {
            if (model.Config.Fallbacks[i] is var fallback && (fallback is null || !models.ContainsKey(fallback)))
            {
                return $"The model '{model.Id}' falls back to '{fallback}', which is not there.";
            }
        }

        return null;
    }
}
