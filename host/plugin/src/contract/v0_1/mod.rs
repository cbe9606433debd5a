mod bindings;
mod handles {
    pub struct Signal; pub struct Command; pub struct StateMachine; pub struct NumberInput; pub struct BooleanInput; pub struct ArrayInput;
    pub struct NumberOutput; pub struct BooleanOutput; pub struct ArrayOutput; pub struct Topic;
}
