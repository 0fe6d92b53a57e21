using ChatModels.Registry;

namespace ChatModels.Batches.Running;

/// <summary>The models of the registry.</summary>
internal sealed class RegistryModelNames(ModelRegistry registry) : IModelNames
{
    public bool IsLoaded => registry.Current.Head is not null;

    public bool Exists(string name) => registry.Current.TryFindModel(name, out _);

    public string Resolve(string name) => registry.Current.TryFindModel(name, out var model) ? model.Id : name;
}
